package clip

import "github.com/soundtrack-go/sdk/vision"

// Ids of the manifests, which are the names of the presets.
const (
	IDLAION      = "clip-vit-b32-laion"
	IDOpenAI     = "clip-vit-b32-openai"
	IDOpenAIInt8 = "clip-vit-b32-openai-int8"
	IDSigLIP2    = "siglip2-b16"
)

// Where the files are: base address, repository, revision.
const (
	laionFiles  = "https://huggingface.co/immich-app/ViT-B-32__laion2b-s34b-b79k/resolve/19a057a0fb927cf239541300e74237cd56c7ffe2/"
	openAIFiles = "https://huggingface.co/Xenova/clip-vit-base-patch32/resolve/d15189d7028b43f1d3e65039190477f6af591c2a/"
	// The revision of SigLIP2 is not known to us. The digest is, so that "main" can only be right or refused.
	sigLIP2Files = "https://huggingface.co/immich-app/ViT-B-16-SigLIP2__webli/resolve/main/"
)

// Manifests returns all manifests of the package, best first. They are the caller's to change.
func Manifests() []vision.Manifest {
	return []vision.Manifest{LAION(), SigLIP2(), OpenAI(), OpenAIInt8()}
}

// LAION describes CLIP ViT-B/32 trained on LAION-2B by the open_clip project, in fp32: the recommended encoder.
func LAION() vision.Manifest {
	return vision.Manifest{
		ID:      IDLAION,
		Title:   "CLIP ViT-B/32 (LAION-2B)",
		License: "MIT",
		Source:  "open_clip's ViT-B-32 laion2b_s34b_b79k, exported by immich-app",
		Dim:     512,
		Visual: vision.Graph{
			File: vision.File{
				Name:   IDLAION + "-visual.onnx",
				Size:   351613724,
				SHA256: "b9ce24b91a8c62ef8d40ea786051709c93140104cbf2b6b4a2cc270df3838f9c",
				URLs:   []string{laionFiles + "visual/model.onnx"},
			},
			Input:  "image",
			Output: "embedding",
		},
		Textual: &vision.TextGraph{
			File: vision.File{
				Name:   IDLAION + "-textual.onnx",
				Size:   254193396,
				SHA256: "48c25be37b352398f2533c9426dab6f9340535e14e46f884cc894236a5060722",
				URLs:   []string{laionFiles + "textual/model.onnx"},
			},
			Input:      "text",
			Output:     "embedding",
			Tokens:     77,
			Tokenizer:  vision.TokenizerCLIP,
			Vocabulary: merges(),
		},
		Score:      &vision.Score{Kind: vision.ScoreSoftmax, Scale: 100},
		Preprocess: preprocess(),
	}
}

// OpenAI describes OpenAI's CLIP ViT-B/32 in fp32.
func OpenAI() vision.Manifest {
	return vision.Manifest{
		ID:      IDOpenAI,
		Title:   "CLIP ViT-B/32 (OpenAI)",
		License: "MIT",
		Source:  "openai/clip-vit-base-patch32, exported by Xenova",
		Dim:     512,
		Visual: vision.Graph{
			File: vision.File{
				Name:   IDOpenAI + "-visual.onnx",
				Size:   351685709,
				SHA256: "fd6e1402a588279d1723c7534d4bcba5bc0b14b47dfab0e46f8c47b8270d7d40",
				URLs:   []string{openAIFiles + "onnx/vision_model.onnx"},
			},
			Input:  "pixel_values",
			Output: "image_embeds",
		},
		Textual:    openAIText(),
		Score:      &vision.Score{Kind: vision.ScoreSoftmax, Scale: 100},
		Preprocess: preprocess(),
	}
}

// OpenAIInt8 describes [OpenAI] with the picture tower quantised to 8-bit integers: a quarter of the size and, on ONNX
// Runtime, 1.6 to 3.4 times as fast, by the processor's integer instructions.
//
// What it costs: embeddings have a cosine of .96 to .99 with those of fp32, and components differ by up to .03 between
// kinds of processors, so that vectors of two machines agree less well. Activations are quantised over a whole batch, so
// that a picture's embedding also depends on its neighbours' unless vision.WithBatchSize(1) is given. The int8 text tower is
// worse (.88 to .93), which is why texts are fp32 here: the file is that of [OpenAI].
func OpenAIInt8() vision.Manifest {
	m := OpenAI()
	m.ID = IDOpenAIInt8
	m.Title = "CLIP ViT-B/32 (OpenAI), pictures in int8"
	m.Visual.File = vision.File{
		Name:   IDOpenAIInt8 + "-visual.onnx",
		Size:   89117001,
		SHA256: "583fd1110a514667812fee7d684952aaf82a99b959760c8d7dca7e0ab9839299",
		URLs:   []string{openAIFiles + "onnx/vision_model_quantized.onnx"},
	}
	m.Known = &vision.KnownAnswer{Input: vision.KnownGrey, Components: map[int]float64{92: -0.8056}, Tolerance: 0.03}
	return m
}

// SigLIP2 describes the picture tower of SigLIP2 ViT-B/16 in fp32: the best encoder here, at 2.5 times the work of CLIP.
//
// It has no text tower, because its tokenizer (SentencePiece, 256,000 pieces) is not supported: texts have to be embedded
// elsewhere, once, and their vectors brought along. Of what is not pinned elsewhere: the revision and the size of the file
// are unknown to us, so the digest decides alone; and the scale and bias of its score are those of a sibling, SigLIP SO400M,
// so that the order of texts is right and their probabilities are approximate.
func SigLIP2() vision.Manifest {
	half := [3]float64{.5, .5, .5}
	return vision.Manifest{
		ID:      IDSigLIP2,
		Title:   "SigLIP2 ViT-B/16 (WebLI), pictures only",
		License: "Apache-2.0",
		Source:  "google/siglip2-base-patch16-224, exported by immich-app",
		Dim:     768,
		Visual: vision.Graph{
			File: vision.File{
				Name:   IDSigLIP2 + "-visual.onnx",
				SHA256: "fee10c729875dd203d94f396ac3d664e301d39c977ef6d92e7f467a2a716f0b0",
				URLs:   []string{sigLIP2Files + "visual/model.onnx"},
			},
			Input:  "image",
			Output: "embedding",
		},
		Score: &vision.Score{Kind: vision.ScoreSigmoid, Scale: 112.33, Bias: -16.5},
		Preprocess: vision.Preprocess{
			Size: 224, Crop: vision.CropStretch, Filter: vision.FilterBilinear, Mean: half, Std: half,
		},
	}
}

func openAIText() *vision.TextGraph {
	return &vision.TextGraph{
		File: vision.File{
			Name:   IDOpenAI + "-textual.onnx",
			Size:   254058553,
			SHA256: "3f6571f5bad13a97c469c1622e1cfc4d9aef78b79fdbfcff804ca357bfada8cc",
			URLs:   []string{openAIFiles + "onnx/text_model.onnx"},
		},
		Input:      "input_ids",
		Mask:       "attention_mask", // of some exports
		Output:     "text_embeds",
		Tokens:     77,
		Tokenizer:  vision.TokenizerCLIP,
		Vocabulary: merges(),
	}
}

// merges is the vocabulary of every CLIP model: both repositories hold the same file.
func merges() vision.File {
	return vision.File{
		Name:   "clip-merges.txt",
		Size:   524619,
		SHA256: "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a",
		URLs:   []string{openAIFiles + "merges.txt", laionFiles + "textual/merges.txt"},
	}
}

// preprocess is CLIP's recipe: shortest side to 224 with Pillow's bicubic, the centre of it, OpenAI's mean and deviation.
func preprocess() vision.Preprocess {
	return vision.Preprocess{
		Size:   224,
		Crop:   vision.CropShortest,
		Filter: vision.FilterBicubic,
		Mean:   [3]float64{0.48145466, 0.4578275, 0.40821073},
		Std:    [3]float64{0.26862954, 0.26130258, 0.27577711},
	}
}
