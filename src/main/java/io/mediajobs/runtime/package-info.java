/** Puts the parts together and runs them: checks the settings, opens the store, starts Camel with the routes folder. */
package io.mediajobs.runtime;
