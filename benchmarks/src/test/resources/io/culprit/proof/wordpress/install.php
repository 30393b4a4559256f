<?php
// WordPress's own installation without its page, its mail and its request to itself.
$_SERVER['HTTP_HOST'] = '127.0.0.1';
define('WP_INSTALLING', true);
require '@DIR@/prepend.php';
require ABSPATH . 'wp-config.php';
function wp_new_blog_notification() {}
require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_option_permalink_structure', fn () => '/%postname%/');
wp_install('Behind Culprit', 'admin', 'admin@example.org', true, '', 'secret');
remove_all_filters('pre_option_permalink_structure');
update_option('permalink_structure', '/%postname%/');
// the block editor's welcome guide shows a picture of another host
update_user_meta(1, 'wp_persisted_preferences', ['core/edit-post' => ['welcomeGuide' => false], '_modified' => gmdate('c')]);
flush_rewrite_rules(false);
echo 'installed ', get_bloginfo('version'), "\n";
