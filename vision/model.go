package vision

// Model is a manifest together with its verified file: what [NewEncoder] needs.
type Model struct {
	Manifest Manifest
	Visual   ModelFile
}
