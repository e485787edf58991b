/**
 * The crash campaign: real processes of the product are killed again and again while jobs come and go, and a checker that shares no
 * code with the product says what was lost or doubled.
 */
package io.mediajobs.campaign;
