// Package relay shows in one process what an arena of another shows: over NATS
// (https://nats.io), on one machine or on many.
//
//	p, err := relay.Publish(ctx, nc, "robots", a, relay.PublisherConfig{})
//	for each frame {
//		a.Descend()
//		err = p.Send()
//	}
//
//	f, err := relay.Follow(ctx, nc, "robots", b, relay.FollowerConfig{}) // elsewhere
//	for each frame {
//		shown, err := f.Receive()
//		b.Descend()
//	}
//
// Where there is no server, package embedded runs one in the publisher's process. Find
// lists who publishes. A follower may publish its arena again.
//
// # How it works
//
// Viewers pull. A viewer says how far it has applied, and how much it is ready for; the
// publisher keeps an arena.Backlog for each, of all that the viewer does not have, and sends
// it as one frame when the viewer has room.
//
//	           publisher                                       viewer
//	Descend ─ 1 ─► backlog ─► Send ─ 3 frame ─► NATS ─► receive ─► 4 Receive ─► group ─► Descend
//	                            2 room? ◄─────────────── pull: 5 applied, received, window ◄──┘
//
// Step by step, with the same numbers:
//
//  1. Each Descend adds what it found to every viewer's backlog: places, and no values.
//  2. A viewer that has PublisherConfig.Frames or Window on its way gets nothing more. What
//     it misses meanwhile stays in its backlog, and comes later in one frame, at its newest.
//  3. Viewers that are equally far share the encoded frame. It says which frame it builds
//     on (Base), and holds everything where that is 0: so late joiners are no special case.
//  4. The viewer stores whole frames into spans of a group of its own, and commits: a
//     Descend there shows one moment of the publisher's.
//  5. A pull says everything each time, so any one of them may be lost. A frame that is
//     missing, or a beat that says that more was sent than has come, makes the viewer ask
//     for what was lost: the ranges of all frames since are pending again, and the next
//     frame brings them as they are then.
//
// # What is promised when what fails
//
//	a viewer is slow, stopped or gone    costs its backlog's bits, two windows of bytes, and a
//	                                     goroutine; after PublisherConfig.Expire nothing. Neither the
//	                                     publisher nor another viewer waits
//	it goes on, or starts again          it shows the newest, without what lay between
//	messages are lost                    they are asked for again; ticks stay whole
//	the server ends                      Send and Receive go on, and keep nothing for it;
//	                                     when it is back, what is missing is sent
//	the publisher ends                   viewers keep what they show; another one of the name,
//	                                     which has another epoch, replaces all of it
//	two publish under one name           the second is refused (ErrTaken); should one be cut off
//	                                     and live, viewers stay with the one they have
//	a slot type does not fit             Receive says so, with both layouts; nothing is stored
//	the viewer's arena is full           Receive says so; what shows stays, until there is room or
//	                                     the publisher needs less
//	a message is damaged or hostile      it is refused before anything in it is believed; memory
//	                                     stays within two windows and a frame
//	the network is slower than changes   frames conflate: fewer of them, each the newest then
//
// What is not promised: that every tick is seen (package record is for that), and that what
// a server's users may read is secret from them. A server's permissions say who may do what:
//
//	a viewer       publish slots.NAME.pull, hear slots.NAME.frame.*
//	a publisher    publish slots.NAME.pull and slots.NAME.frame.*, hear slots.NAME.pull and an
//	               inbox (_INBOX.>), in which it hears whether the name is taken
//	... also       answer (allow_responses), or another one of the name does not hear that it is
//	               there; and hear $SRV.>, or Find does not
//
// # How it scales
//
// Fan-out is unicast: each viewer has its own frames, so that each may be slow in its own
// way. MEASURED.md has the figures that this arithmetic begins with. 100,000 matrices that
// all move at 60 ticks a second are 384 MB/s for each viewer, 288 of which go over the
// network (words that all slots of a message have in common, as a matrix's last row, go
// once); that is half of what one publisher sends at most: one viewer a publisher, then.
// The same as motion records on 10 ticks a second (render.Motion) are 64 MB/s: ten
// viewers. 3,000 cubes of which a tenth moves, at 60 ticks, are 1.2 MB/s: six hundred.
//
//   - More viewers: processes between, each follows and publishes again under a name of its
//     own (examples/repeat). With ten viewers each, a thousand viewers need 100 of them, and
//     ten for these; a moment is as many hops older.
//   - More machines: a NATS cluster, or leaf nodes where a site has one thin line: the viewers
//     of a site then share a repeater there, and the line carries one stream.
//   - A larger world: one publisher, and so one subject, a region. A viewer follows the regions
//     that it is near, in one arena; each region's ticks are whole, and each has its own.
package relay
