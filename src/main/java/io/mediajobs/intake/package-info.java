/** Intake: how jobs get into the store, by file, by discovery or by call, all under the same rules of registration. */
package io.mediajobs.intake;
