package io.mediajobs.live;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.LineNumberAware;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ExpressionSubElementDefinition;
import org.apache.camel.model.FilterDefinition;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetHeadersDefinition;
import org.apache.camel.model.SetVariablesDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.language.ExpressionDefinition;

/** What a route refers to and what it computes, each with the line it stands in, as the file writes it: placeholders are still there. */
final class RouteParts {

    /** @param line from 1; -1 if unknown */
    record Uri(String text, int line) {
    }

    /** @param predicate whether it is to be true or false; @param line from 1; -1 if unknown */
    record Simple(String text, boolean predicate, int line) {
    }

    private final List<Uri> targets = new ArrayList<>();
    private final List<Simple> expressions = new ArrayList<>();
    private Uri source;

    static RouteParts of(RouteDefinition route) {
        RouteParts parts = new RouteParts();
        FromDefinition from = route.getInput();
        if (from != null && from.getEndpointUri() != null) {
            parts.source = new Uri(from.getEndpointUri(), line(from, line(route, -1)));
        }
        route.getOutputs().forEach(step -> parts.add(step, parts.source == null ? -1 : parts.source.line));
        return parts;
    }

    static RouteParts of(RouteConfigurationDefinition configuration) {
        RouteParts parts = new RouteParts();
        configuration.getOnExceptions().forEach(step -> parts.add(step, -1));
        configuration.getOnCompletions().forEach(step -> parts.add(step, -1));
        configuration.getIntercepts().forEach(step -> parts.add(step, -1));
        return parts;
    }

    /** Where the route's messages come from; null for a route configuration. */
    Uri source() {
        return source;
    }

    /** Where it sends messages to, but for those that only a message decides. */
    List<Uri> targets() {
        return targets;
    }

    /** What is written in Camel's Simple language. */
    List<Simple> expressions() {
        return expressions;
    }

    private void add(ProcessorDefinition<?> step, int around) {
        int line = line(step, around);
        if (step instanceof ToDynamicDefinition dynamic && !(step instanceof WireTapDefinition<?> tap && "false".equals(tap.getDynamicUri()))) {
            if (dynamic.getUri() != null && dynamic.getUri().contains("${")) {
                expressions.add(new Simple(dynamic.getUri(), false, line));
            } else if (dynamic.getUri() != null) {
                targets.add(new Uri(dynamic.getUri(), line));
            }
        } else if (step instanceof EndpointRequiredDefinition send && send.getEndpointUri() != null) {
            targets.add(new Uri(send.getEndpointUri(), line));
        }
        if (step instanceof LogDefinition log && log.getMessage() != null && log.getLogLanguage() == null) {
            expressions.add(new Simple(log.getMessage(), false, line));
        }
        if (step instanceof ExpressionNode node) {
            boolean predicate = step instanceof FilterDefinition || step instanceof LoopDefinition loop && "true".equals(loop.getDoWhile());
            add(node.getExpression(), predicate, line);
        }
        if (step instanceof SetHeadersDefinition headers) {
            headers.getHeaders().forEach(header -> add(header.getExpression(), false, line(header, line)));
        }
        if (step instanceof SetVariablesDefinition variables) {
            variables.getVariables().forEach(variable -> add(variable.getExpression(), false, line(variable, line)));
        }
        if (step instanceof CatchDefinition caught && caught.getOnWhen() != null) {
            add(caught.getOnWhen().getExpression(), true, line);
        }
        if (step instanceof OnExceptionDefinition failure) {
            if (failure.getOnWhen() != null) {
                add(failure.getOnWhen().getExpression(), true, line);
            }
            add(failure.getHandled(), line);
            add(failure.getContinued(), line);
            add(failure.getRetryWhile(), line);
        }
        if (step instanceof ChoiceDefinition choice) {
            for (WhenDefinition when : choice.getWhenClauses()) {
                int whenLine = line(when, line);
                add(when.getExpression(), true, whenLine);
                when.getOutputs().forEach(inner -> add(inner, whenLine));
            }
            if (choice.getOtherwise() != null) {
                choice.getOtherwise().getOutputs().forEach(inner -> add(inner, line));
            }
        } else {
            step.getOutputs().forEach(inner -> add(inner, line));
        }
    }

    private void add(ExpressionSubElementDefinition expression, int line) {
        if (expression != null) {
            add(expression.getExpressionType(), true, line);
        }
    }

    private void add(ExpressionDefinition expression, boolean predicate, int around) {
        if (expression != null && "simple".equals(expression.getLanguage()) && expression.getExpression() != null) {
            expressions.add(new Simple(expression.getExpression(), predicate, around));
        }
    }

    private static int line(Object element, int around) {
        return element instanceof LineNumberAware aware && aware.getLineNumber() > 0 ? aware.getLineNumber() : around;
    }
}
