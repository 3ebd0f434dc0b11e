// Package relay shows an arena of one process in arenas of other processes, on one machine
// or on many. Messages go through a NATS server (https://nats.io).
//
//	p, err := relay.Publish(ctx, nc, "robots", a, relay.PublisherConfig{})
//	for each frame {
//		a.Descend()
//		err = p.Send()
//	}
//
//	f, err := relay.Follow(ctx, nc, "robots", b, relay.FollowerConfig{}) // in another process
//	for each frame {
//		shown, err := f.Receive()
//		b.Descend()
//	}
//
// If you have no NATS server, package embedded runs one in the publisher's process. Find
// lists the publishers on a server. A program may publish the arena that it follows into.
//
// # How it works
//
// Terms: a viewer is a follower as its publisher sees it. A frame holds the slots that
// changed, as messages. An epoch is one life of a publisher. A pull is a follower's message
// to its publisher, a beat the publisher's sign of life, for which a pull may ask. Bytes are
// in flight if they were sent and the follower's program has not received them yet.
// Conflation means that one frame takes the place of several, with the newest values.
//
// Followers pull, so backpressure is built in. A follower tells the publisher how far it
// is and how much room it has. The publisher keeps an [arena.Backlog] for each viewer, which
// lists what that viewer does not have. It sends the backlog as one frame when the viewer
// has room.
//
//	            publisher                                    follower
//	Descend ─1─► backlog ─► Send ─3─► frame ─► NATS ─► frame ─4─► Receive ─► group ─► Descend
//	                        2 room? ◄───────── NATS ◄───────── pull ◄─5─┘
//
// The steps, by these numbers:
//
//  1. Each Descend adds the ranges that changed to the backlog of every viewer. A backlog
//     holds no values.
//  2. A viewer that has as many frames or bytes in flight as its limits allow
//     (PublisherConfig.Frames, Window) gets nothing. The ranges of its backlog grow and
//     merge, and a later frame brings the values of that moment.
//  3. Viewers that have the same frame and need the same slots share one encoded frame. A
//     frame names the frame that it builds on, its base. A frame with base 0 holds
//     everything: a new viewer gets one first.
//  4. Receive stores whole frames into a group of the follower's own, and commits. The next
//     Descend shows one moment of the publisher. Shown.Ticks has the tick of each of the
//     publisher's groups. The follower's group commits the latest of them.
//  5. A pull holds the follower's whole state, so the loss of a pull does no harm. If
//     messages of a frame are missing, or a beat says that more was sent than has arrived,
//     the pull asks for the lost frames. Their ranges and ticks return to the backlog, and
//     the next frame brings the values of that moment.
//
// Metadata says what the slots are. A follower gets it with the first frame, and with each
// frame that is sent after Publisher.SetMetadata: the description goes before the frame, and
// a pull says which description the follower has, so that a lost one is sent again. Versions
// before SetMetadata read and send the same messages: with one of them on either side, the
// follower keeps the metadata that it began with.
//
// # Guarantees under failures
//
//	a viewer is slow, stops or dies     It costs its backlog, two windows of bytes and a
//	                                    goroutine until PublisherConfig.Expire, then nothing.
//	                                    The publisher and other viewers do not wait for it.
//	the viewer goes on, or is restarted It shows the newest values, not those in between.
//	messages are lost                   Their slots are sent again, with the values of then.
//	                                    Ticks stay whole.
//	the server ends                     Send and Receive return no error, and store nothing for
//	                                    later. When the server is back, the publisher sends the
//	                                    newest values.
//	the server refuses the NATS user    Send and Receive return an error until it accepts the user.
//	the publisher ends                  Followers keep what they show. The next publisher of
//	                                    the name replaces it, and Shown.Epoch changes. It may have
//	                                    another clock. If a clock of yours follows
//	                                    Shown.Tick.Time, stop it while no tick comes.
//	a name is published twice           The second Publish returns ErrTaken. If both are alive
//	                                    because the network was cut, each follower stays with
//	                                    the publisher that it has.
//	slots do not fit                    Receive returns an error with both layouts, and stores
//	                                    nothing.
//	the follower's arena is full        Receive returns an error that wraps arena.ErrFull. The
//	                                    arena keeps what it shows, until there is room or the
//	                                    publisher needs less.
//	a message is damaged or hostile     It is checked before anything in it is used. Memory
//	                                    stays below two windows and one frame.
//	the network is too slow             Frames conflate: there are fewer, each with the newest
//	                                    values.
//
// Relay does not promise that a follower sees every tick: package record is for that. It
// does not encrypt: use TLS, and the server's permissions. The least permissions are:
//
//	follower     publish to slots.NAME.pull
//	             subscribe to slots.NAME.frame.*
//	publisher    publish to slots.NAME.pull and slots.NAME.frame.*
//	             subscribe to slots.NAME.pull and to its inbox, _INBOX.>
//	             allow_responses, or a second publisher of the name does not learn of it
//	             subscribe to $SRV.>, or Find does not list it
//
// # How it scales
//
// Each viewer gets frames of its own, so each may be slow in its own way, and each costs the
// publisher's network once more. One publisher can send 600 to 800 MB/s on the machine of
// MEASURED.md, which is enough for so many viewers (MaxViewers is 64 by default):
//
//	world                                               each viewer    viewers
//	100,000 matrices that all move, 60 ticks a second   384 MB/s       1
//	the same as render.Motion, 10 ticks a second        64 MB/s        10
//	3,000 cubes, a tenth moves, 60 ticks a second       1.2 MB/s       600
//
// The network carries less: a word that is the same in all slots of a message is sent once,
// for example the last row of a matrix. Of matrices three quarters of the bytes are left.
//
//   - More viewers: use repeaters, processes that follow the name and publish it again under
//     another name (examples/repeat). With ten viewers each, a thousand viewers need 100
//     repeaters, and these need ten. Each repeater adds its delay.
//   - More machines: use a NATS cluster. For a site with a slow line, use a NATS leaf node
//     and a repeater at the site: the line carries one stream.
//   - A larger world: publish each region under a name of its own. A viewer follows the
//     regions near it, in one arena. Each region shows whole ticks of its own.
package relay
