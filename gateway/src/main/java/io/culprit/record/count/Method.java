package io.culprit.record.count;

/** Request methods as labels: those of RFC 9110 and PATCH; whatever else clients send is one label. */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    CONNECT,
    OPTIONS,
    TRACE,
    PATCH,
    OTHER;

    private static final Method[] ALL = values();

    static Method of(String name) {
        for (Method method : ALL) {
            if (method.name().equals(name)) {
                return method;
            }
        }
        return OTHER;
    }
}
