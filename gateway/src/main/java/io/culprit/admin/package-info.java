/**
 * The admin listener: dashboard, API, metrics, health. In comes a request of an operator or a machine, out comes a page or JSON.
 * Where to start: {@link io.culprit.admin.AdminRoutes}.
 */
package io.culprit.admin;
