package io.culprit.triage.classify;

import java.util.Locale;

/** Whose lines are known. */
public enum Program {
    NGINX_ERROR,
    NGINX_ACCESS,
    PHP_FPM,
    PHP_FPM_ACCESS,
    PHP_FPM_SLOW,
    PHP_ERROR_LOG,
    APACHE_ERROR,
    APACHE_ACCESS,
    HAPROXY,
    ENVOY,
    AWS_ALB,
    AWS_CLB,
    CADDY,
    TRAEFIK,
    GUNICORN,
    UVICORN,
    UWSGI,
    /** Django and whatever else writes a traceback. */
    PYTHON,
    NODE,
    PUMA,
    UNICORN,
    RAILS,
    TOMCAT,
    SPRING_BOOT,
    DATABASE,
    KERNEL,
    SYSTEMD,
    HEROKU,
    CLOUDFLARE,
    CULPRIT,
    /** Programs that write to syslog and have nothing to do with answers. */
    SYSLOG,
    /** A phrase that is known, in a line of which nothing else is. */
    PHRASE;

    private final String id = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** Lower-case name, e.g. {@code nginx-error}. */
    public String id() {
        return id;
    }
}
