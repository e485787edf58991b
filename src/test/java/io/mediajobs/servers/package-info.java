/** Servers that cost next to nothing beside what they are asked by: for measurements, and for tests of many large transfers. */
package io.mediajobs.servers;
