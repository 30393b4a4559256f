/** How many workers a pool has: php-fpm's {@code pm = static | dynamic | ondemand}, one class each. */
package io.culprit.sim.pool.manager;
