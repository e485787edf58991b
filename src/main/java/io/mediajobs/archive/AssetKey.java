package io.mediajobs.archive;

import java.net.URI;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The provider's key for an asset that the provider serves itself and only to who has it. It goes to the scheme, host and port of the
 * provider's own URL and nowhere else, whatever the asset's URL or a redirect says. Never printed.
 */
final class AssetKey {

    private final URI base;
    private final String header;
    private final String value;

    private AssetKey(URI base, String header, String value) {
        this.base = base;
        this.header = header;
        this.value = value;
    }

    /**
     * @param setting value of a setting by its name
     * @throws AssetRefusedException with the code {@code asset-key-missing}, if there is none
     */
    static AssetKey of(AssetDownload.Wanted wanted, UnaryOperator<String> setting) {
        String name = wanted.terms().key();
        String value = name == null ? "" : setting.apply(name);
        if (value.isBlank()) {
            throw new AssetRefusedException(AssetRefusedException.KEY_MISSING, "The bytes of " + wanted.planned() + " need the provider's key, and "
                    + (name == null ? "the provider's route names none for assets: set assetKey and assetKeyUrl there." : "the setting " + name + " (assetKey) has no value."));
        }
        return new AssetKey(base(wanted, setting), wanted.terms().keyHeader(), value);
    }

    private static URI base(AssetDownload.Wanted wanted, UnaryOperator<String> setting) {
        try {
            return AssetUrl.parse(setting.apply(wanted.terms().keyUrl()));
        } catch (AssetRefusedException e) {
            throw new AssetRefusedException(AssetRefusedException.KEY_MISSING, "The bytes of " + wanted.planned() + " need the provider's key, and the setting "
                    + wanted.terms().keyUrl() + " (assetKeyUrl) is no URL that it could be sent to.");
        }
    }

    boolean isFor(URI url) {
        return origin(url).equals(origin(base));
    }

    /** What it is for, as {@code https://api.example.com:443}. */
    String origin() {
        return origin(base);
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + AssetUrl.port(url);
    }

    String header() {
        return header;
    }

    String value() {
        return value;
    }
}
