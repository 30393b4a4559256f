package io.culprit.reply;

/**
 * A whole response of the gateway's own.
 *
 * @param head without Content-Length
 * @param body possibly empty
 * @param headRequest no body is sent, but its length is
 */
public record OwnReply(ReplyHead head, byte[] body, boolean headRequest) {}
