/** What operators edit while the program runs: the checks that a route file must pass. */
package io.mediajobs.live;
