package resize

// Implementations names what this build and CPU have, best first.
func Implementations() (names []string) {
	for _, k := range available() {
		names = append(names, k.name)
	}
	return names
}

// NewResizer returns a resizer that uses the named implementation.
func NewResizer(name string) *Resizer {
	for _, k := range available() {
		if k.name == name {
			return &Resizer{kernels: k}
		}
	}
	panic("no implementation " + name)
}
