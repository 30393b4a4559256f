/**
 * A gateway as a process: started and ended in order, told by signals, by its admin listener and by a successor, and known to
 * a service manager. In comes a gateway, out goes an exit status. Where to start: {@link io.culprit.process.Running}.
 */
package io.culprit.process;
