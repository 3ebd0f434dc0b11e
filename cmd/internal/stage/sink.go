package stage

import "errors"

// A Sink carries what an arena shows to another place: a file, or the network. It follows the arena by itself. After
// each Descend the scene calls send, which does not block. A sink that fails stays failed, and the frames go on.
type Sink struct {
	send    func() error
	wait    func()        // until the next send can take everything
	close   func() error  // the first error of the sink
	summary func() string // how much was sent

	// describe replaces the metadata from the next send on. It returns an error if that is not possible, and the sink
	// goes on with the old metadata.
	describe func(metadata map[string]string) error
	layer    Layer
	most     int // bytes of metadata that it takes
	changes  int // of the layer, when the sink last took its metadata

	failed error // the first error of send
}

// begin makes the sink one of a layer, which has taken metadata of at most so many bytes.
func (s *Sink) begin(l Layer, most int) *Sink {
	s.layer, s.most, s.changes = l, most, l.Changes()
	return s
}

// sinks are all sinks of a scene.
type sinks []*Sink

// send has every sink take what has changed. It passes to warn that metadata could not be replaced.
func (all sinks) send(warn func(error)) {
	for _, s := range all {
		if s.failed == nil && s.layer.Changes() != s.changes {
			s.changes = s.layer.Changes()
			if err := s.describe(s.layer.Metadata(s.most)); err != nil {
				warn(err)
			}
		}
		if err := s.send(); err != nil && s.failed == nil {
			s.failed = err
		}
	}
}

// end makes every sink fail, and send nothing more. What it has sent stays good.
func (all sinks) end(err error) {
	for _, s := range all {
		s.send = func() error { return nil }
		if s.failed == nil {
			s.failed = err
		}
	}
}

// wait returns when every sink has room. In lockstep no tick is left out then.
func (all sinks) wait() {
	for _, s := range all {
		s.wait()
	}
}

// failed reports whether a sink has failed.
func (all sinks) failed() bool {
	for _, s := range all {
		if s.failed != nil {
			return true
		}
	}
	return false
}

// close closes and forgets every sink, and passes its summary to say. It returns the first error of each.
func (all *sinks) close(say func(string)) error {
	var errs []error
	for _, s := range *all {
		err := s.close()
		if s.failed != nil {
			err = s.failed
		}
		errs = append(errs, err)
		say(s.summary())
	}
	*all = nil
	return errors.Join(errs...)
}
