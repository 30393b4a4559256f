/** What the configuration says of one route: how it is found, what it does, what it changes. */
package io.culprit.config.route;
