package io.culprit.reply;

import io.undertow.util.StatusCodes;

/** Reason phrases for the statuses this gateway answers itself. */
public final class StatusText {
    private StatusText() {}

    /** The phrase, also for the statuses only some gateways use. */
    public static String of(int status) {
        return switch (status) {
            case 421 -> "Misdirected Request";
            case 460 -> "Client Closed Connection";
            case 499 -> "Client Closed Request";
            case 520 -> "Unknown Error";
            case 521 -> "Web Server Is Down";
            case 522 -> "Connection Timed Out";
            case 523 -> "Origin Is Unreachable";
            case 524 -> "A Timeout Occurred";
            case 525 -> "SSL Handshake Failed";
            case 526 -> "Invalid SSL Certificate";
            case 530 -> "Origin DNS Error";
            default -> StatusCodes.getReason(status);
        };
    }
}
