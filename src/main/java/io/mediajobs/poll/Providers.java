package io.mediajobs.poll;

import java.util.List;
import java.util.Optional;

/** The providers that have a route now. */
public interface Providers {

    /** By name, sorted. */
    List<Provider> all();

    /** @param name of the provider; empty if no route is called so */
    default Optional<Provider> find(String name) {
        return all().stream().filter(provider -> provider.name().equals(name)).findFirst();
    }
}
