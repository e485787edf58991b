package io.mediajobs.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Why a request was not done, for a program and for a person.
 *
 * @param status HTTP status
 * @param code   short and stable, such as {@code unknown-provider}
 * @param detail a sentence that says what is wrong and what would be right; holds no secret
 * @param field  the field or query parameter that is wrong; null if it is the whole request
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
 */
public record Problem(int status, String code, String detail, String field) {

    public static final String CONTENT_TYPE = "application/problem+json";

    /** For what is not found while routes are exchanged: it may be there a moment later, and a client would take a 404 or 405 as final. */
    static final Problem ROUTES_CHANGE = new Problem(503, "routes-change", "The routes are being exchanged. Try again in a second.");

    public Problem(int status, String code, String detail) {
        this(status, code, detail, null);
    }

    /** The body: {@code type}, {@code title}, {@code status}, {@code detail}, {@code code} and perhaps {@code field}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", "about:blank").put("title", title(status)).put("status", status).put("detail", detail).put("code", code);
        if (field != null) {
            json.put("field", field);
        }
        return json;
    }

    /** RFC 9457, 4.2.1: with the type about:blank the title is the status' own phrase. */
    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 415 -> "Unsupported Media Type";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            default -> status >= 500 ? "Internal Server Error" : "Bad Request";
        };
    }
}
