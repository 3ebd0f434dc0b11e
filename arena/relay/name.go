package relay

import (
	"fmt"

	"github.com/slotstream/slotstream/arena/relay/internal/token"
)

// CheckName returns an error if name cannot be published or followed. A name has 1 to 64
// ASCII letters, digits, - and _. Publish and Follow check their names themselves. Use
// CheckName to refuse a name before anything is started, when you read a flag for
// example.
func CheckName(name string) error {
	if err := checkName(name); err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	return nil
}

func checkName(name string) error {
	if len(name) > 64 || !token.Valid(name) {
		return fmt.Errorf("%q is not a name: use 1 to 64 letters, digits, - and _", name)
	}
	return nil
}

// Subjects: followers send their pulls to the first one, and receive at the second one,
// where session is the follower's own token.
func pullSubject(name string) string           { return "slots." + name + ".pull" }
func frameSubject(name, session string) string { return "slots." + name + ".frame." + session }
