/**
 * What belongs to one IO thread: its deadlines, buffers, spills and its part of the budget for everything that is
 * held for clients. Nothing here knows HTTP. Where to start: {@link io.culprit.loop.IoLoop} and
 * {@link io.culprit.loop.MemoryBudget}.
 */
package io.culprit.loop;
