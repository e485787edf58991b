/** Settings: one layered set of properties, read with their units, refused with a sentence that names the key. */
package io.mediajobs.config;
