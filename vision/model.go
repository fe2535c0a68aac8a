package vision

// Model is a manifest together with its verified files.
type Model struct {
	Manifest Manifest
	Visual   ModelFile // what [NewEncoder] needs
	// Textual and Vocabulary are the files of Manifest.Textual; their zero values mean that they were not fetched.
	Textual, Vocabulary ModelFile
}
