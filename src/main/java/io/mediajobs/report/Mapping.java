package io.mediajobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.javacc.ParseException;
import net.thisptr.jackson.jq.internal.javacc.TokenMgrError;
import net.thisptr.jackson.jq.module.Module;
import net.thisptr.jackson.jq.module.ModuleLoader;

import java.util.Objects;

/**
 * A compiled jq 1.6 program that makes exactly one JSON object of a provider's answer. Safe for concurrent use.
 *
 * <p>It sees the answer and nothing else: no files, no modules, no environment ({@code env} and {@code $ENV} are refused,
 * they would carry secrets into reports).
 *
 * <p>Two differences from the jq program are known: {@code and} and {@code or} bind alike here, so put parentheses around
 * what belongs together; and a misspelt function may only show when it is called.
 */
public final class Mapping {

    private static final Scope BUILT_IN = builtIn();

    private final String name;
    private final JsonQuery query;

    private Mapping(String name, JsonQuery query) {
        this.name = name;
        this.query = query;
    }

    /**
     * @param name   the file's name, for messages; not null
     * @param source the jq program; not null
     * @throws MappingException if it is not jq or uses a function that does not exist, as far as that shows without an answer
     */
    public static Mapping compile(String name, String source) throws MappingException {
        Objects.requireNonNull(name, "name");
        if (source.isBlank()) {
            throw new MappingException(name + " is empty");
        }
        Mapping mapping;
        try {
            mapping = new Mapping(name, JsonQuery.compile(source, Versions.JQ_1_6));
        } catch (JsonQueryException | RuntimeException | StackOverflowError | TokenMgrError e) {
            throw new MappingException(name + " is not a jq program: " + reason(e), e);
        }
        mapping.tryOut();
        return mapping;
    }

    /** The file's name. */
    public String name() {
        return name;
    }

    /**
     * @param answer the provider's answer; not null, not changed
     * @return one object, not yet checked against the report schema; null values in it mean absent
     * @throws MappingException if jq reports an error, or yields nothing, more than one value or no object
     */
    public ObjectNode apply(JsonNode answer) throws MappingException {
        OneResult result = new OneResult();
        try {
            query.apply(Scope.newChildScope(BUILT_IN), answer, result::take);
        } catch (JsonQueryException | RuntimeException e) {
            throw new MappingException(name + ": " + reason(e), e);
        } catch (StackOverflowError e) {
            throw new MappingException(name + ": the program recurses too deeply for this answer");
        }
        if (result.value == null) {
            throw new MappingException(name + " yields nothing for this answer");
        }
        if (!(result.value instanceof ObjectNode object)) {
            throw new MappingException(name + " yields " + StrictJson.kind(result.value) + " and not an object");
        }
        return object;
    }

    /** jackson-jq looks functions up when they are called, so a misspelt one would show with the first answer only. */
    private void tryOut() throws MappingException {
        try {
            apply(JsonNodeFactory.instance.objectNode());
        } catch (MappingException e) {
            String message = e.getMessage();
            if (message.matches("(?s).*(Function .*does not exist|undefined variable|is not defined|not available in a mapping).*")) {
                throw e;
            }
        }
    }

    private static Scope builtIn() {
        Scope scope = Scope.newEmptyScope();
        BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_6, scope);
        Function refused = (child, args, in, path, output, version) -> {
            throw new JsonQueryException("the environment is not available in a mapping");
        };
        scope.addFunction("env", 0, refused);
        scope.setModuleLoader(new NoModules());
        return scope;
    }

    private static String reason(Throwable e) {
        // the parser's own words name line and column, its wrapper repeats the whole program
        Throwable told = e;
        while (told.getCause() != null && !(told instanceof ParseException)) {
            told = told.getCause();
        }
        String message = told.getMessage() == null ? told.getClass().getSimpleName() : told.getMessage().split("Was expecting")[0];
        // values of the answer may be quoted in it
        return Redaction.cut(Redaction.text(message.strip().replaceAll("\\s+", " ")), 500);
    }

    private static final class NoModules implements ModuleLoader {
        @Override
        public Module loadModule(Module caller, String path, JsonNode metadata) throws JsonQueryException {
            throw new JsonQueryException("modules are not available in a mapping");
        }

        @Override
        public JsonNode loadData(Module caller, String path, JsonNode metadata) throws JsonQueryException {
            throw new JsonQueryException("modules are not available in a mapping");
        }
    }

    private static final class OneResult {
        private JsonNode value;

        void take(JsonNode next) throws JsonQueryException {
            if (value != null) {
                // stops the program, which may have millions more
                throw new JsonQueryException("the program yields more than one value");
            }
            value = next;
        }
    }
}
