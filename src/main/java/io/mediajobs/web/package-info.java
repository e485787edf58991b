/** The HTTP API and the operators' page: the gate in front of every path, and what each call answers. */
package io.mediajobs.web;
