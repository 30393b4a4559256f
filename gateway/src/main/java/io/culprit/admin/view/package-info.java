/** What the dashboard's pages show, one class for each, as JSON. Where to start: {@link io.culprit.admin.view.NowView}. */
package io.culprit.admin.view;
