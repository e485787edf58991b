package io.mediajobs.poll;

import java.util.List;
import java.util.Optional;

/** The providers that have a route now. */
public interface Providers {

    /** By name, sorted. */
    List<Provider> all();

    /** Names of all providers that are asked with the same key as this one, itself included. */
    default List<String> sameKey(String name) {
        String account = find(name).map(Provider::account).orElse(null);
        return account == null ? List.of(name) : all().stream().filter(provider -> account.equals(provider.account())).map(Provider::name).toList();
    }

    /** How webhooks of a provider are checked; empty if there is no such provider or its route says nothing of them. */
    default Optional<HookTerms> hook(String name) {
        return Optional.empty();
    }

    /** How a provider's list of jobs is used; empty if no route that runs asks for one. */
    default Optional<ListTerms> list(String name) {
        return Optional.empty();
    }

    /** Where a provider's assets may be. */
    default AssetTerms assets(String name) {
        return AssetTerms.NONE;
    }

    /** Whether routes are being exchanged, or were a moment ago: what was not known then may be known when it is asked for again. */
    default boolean areChanging() {
        return false;
    }

    /** @param name of the provider; empty if no route is called so */
    default Optional<Provider> find(String name) {
        return all().stream().filter(provider -> provider.name().equals(name)).findFirst();
    }
}
