// Package zeroshot classifies pictures by texts: each label is written into prompt templates, a text tower embeds them, and
// a picture's embedding is compared with those.
//
//	encoder, err := vision.NewJointEncoder(ctx, model, backend)
//	classifier, err := zeroshot.New(ctx, encoder, []string{"beach", "forest"},
//		zeroshot.WithTemplates("a photo of a {}.", "a painting of a {}."),
//		zeroshot.WithScore(model.Manifest.Score),
//		zeroshot.WithCacheDir(dir))
//	embeddings, err := encoder.Encode(ctx, pictures)
//	matches, err := classifier.Classify(embeddings[0])
//	best := matches.Top(3)
//
// # Arithmetic
//
// That of CLIP's paper and of open_clip's build_zero_shot_classifier, in float64:
//
//	t(l,k) = text(template k with label l), divided by its length
//	w(l)   = mean of t(l,k) over k, divided by its length again
//	cos(l) = v · w(l), where v is the picture's embedding, divided by its length
//	logit  = Scale · cos + Bias
//	p      = softmax of the logits over the labels, or the sigmoid of each
//
// # Cost
//
// Embedding a text costs about as much as embedding a picture, so a thousand labels in ten templates take minutes. The
// vectors w depend on nothing but the model and the prompts: [WithCacheDir] keeps them on disk, and [NewFromVectors] takes
// those that were made elsewhere, with [Classifier.Vectors].
package zeroshot
