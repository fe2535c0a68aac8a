// Package clip describes the CLIP models of the presets: where their files are, what they must hash to, and how to feed and
// read them. It holds no weights and fetches nothing; package modelhub does that.
//
//	hub, err := modelhub.New()
//	model, err := hub.Fetch(ctx, clip.LAION())
//	encoder, err := vision.NewEncoder(ctx, model, onnx.New())
//
// # Which one
//
//	preset                    pictures  texts   recall  what for
//	clip-vit-b32-laion        352 MB    254 MB  68.8 %  the recommended one: the same work as OpenAI's, better answers
//	clip-vit-b32-openai       352 MB    254 MB  59.4 %  parity with the reference implementations
//	clip-vit-b32-openai-int8   89 MB    254 MB          a small download; see [OpenAIInt8] for what it costs
//	siglip2-b16               ~370 MB   none    75.2 %  the best pictures, at 2.5 times the work; see [SigLIP2]
//
// Recall is that of English captions on Crossmodal-3600, by other people's measurement. To leave the text tower out of a
// download, set Textual of the manifest to nil.
//
// # What is pinned
//
// Every file has its SHA-256, and its address a revision of the repository, so that nothing that somebody uploads later is
// ever taken for it. The one exception is SigLIP2, whose revision is not known to us: its digest decides alone.
// Addresses are those of the public model hub; HF_ENDPOINT leads modelhub to a mirror.
//
// # Names and types
//
// The exports come in two layouts, by who made them. Encoders compare them with what the file says and refuse a file that
// differs:
//
//	OpenAI   pixel_values [N, 3, 224, 224] float32 → image_embeds [N, 512];  input_ids [N, 77] int64 → text_embeds [N, 512]
//	LAION    image        [N, 3, 224, 224] float32 → embedding    [N, 512];  text      [N, 77] int32 → embedding   [N, 512]
//	SigLIP2  image        [N, 3, 224, 224] float32 → embedding    [N, 768]
//
// Some exports in the first layout also take an attention_mask, which is given to them and changes nothing.
// Neither normalises its output; encoders do. OpenAI's weights use QuickGELU, x·σ(1.702x), LAION's the GELU of the error
// function; that is inside the file, and exchanging them moves an embedding in the third decimal.
//
// # Known answers
//
// A damaged file often loads all the same, so a manifest carries an embedding to check at start where one is published: so
// far for int8 only. For the others the digest has to do. Of OpenAI's fp32 files the logits of COCO's picture 39769 are
// known, 24.5701 for "a photo of a cat" and 19.3049 for "a photo of a dog", which needs both towers and the picture.
package clip
