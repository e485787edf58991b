/** Turns a provider's answer into a report: strict JSON, a jq mapping, a JSON Schema, and nothing guessed. Uses only {@code job}. */
package io.mediajobs.report;
