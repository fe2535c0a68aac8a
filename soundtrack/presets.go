package soundtrack

import (
	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/clip"
	"github.com/soundtrack-go/sdk/vision/compact"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// Presets that [WithPreset] knows: the ids of [Manifests], and one that needs no model.
const (
	// PresetCLIPLAION is CLIP ViT-B/32 trained on LAION-2B: the recommended encoder. 352 MB for pictures.
	PresetCLIPLAION = clip.IDLAION
	// PresetCLIPOpenAI is OpenAI's CLIP ViT-B/32, for parity with other software. 352 MB for pictures.
	PresetCLIPOpenAI = clip.IDOpenAI
	// PresetCLIPOpenAIInt8 is the same in 8-bit integers, a little less exact: 89 MB for pictures.
	PresetCLIPOpenAIInt8 = clip.IDOpenAIInt8
	// PresetSigLIP2 is the picture tower of SigLIP2 ViT-B/16: the most exact, at 2.5 times the work. Its texts cannot be
	// embedded yet, so nothing reads it but a tagger of the program's own, and without a choice the small model goes before it.
	PresetSigLIP2 = clip.IDSigLIP2
	// PresetCompact is EfficientNet-Lite0: real semantics from an 18 MB file out of an ordinary package registry.
	PresetCompact = "compact"
	// PresetPalette uses no encoder: colours only. It always works, is weak, and says so.
	PresetPalette = "palette"
)

// Converters returns the options that a [modelhub.Hub] needs to make the presets' files.
func Converters() []modelhub.Option {
	return []modelhub.Option{modelhub.WithConverter(compact.ConverterName, compact.Convert)}
}

// Manifests returns the manifests of the presets that are models, best first.
func Manifests() []vision.Manifest { return append(clip.Manifests(), compact.Manifest()) }

// presetManifest returns the manifest of a preset.
func presetManifest(id string) (vision.Manifest, bool) {
	for _, m := range Manifests() {
		if m.ID == id {
			return m, true
		}
	}
	return vision.Manifest{}, false
}

// presetIDs lists what [WithPreset] accepts.
func presetIDs() []string {
	var ids []string
	for _, m := range Manifests() {
		ids = append(ids, m.ID)
	}
	return append(ids, PresetPalette)
}
