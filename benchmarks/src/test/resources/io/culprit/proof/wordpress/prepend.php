<?php
// Before every script: WordPress then loads our wp-config.php, and not Debian's, which reads /etc/wordpress.
define('ABSPATH', '@DIR@/wp/');
