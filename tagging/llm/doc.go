// Package llm asks language models, over the chat completions protocol that Mistral, OpenAI, Ollama, vLLM and llama.cpp
// share: a [Tagger] about pictures, a [Judge] about songs. It is the only place of the project that does.
//
//	client, err := llm.New(llm.Mistral)                 // reads MISTRAL_API_KEY
//	tagger, err := llm.NewTagger(client)
//	fusion, err := tagging.NewFusion(tagging.Named{Name: llm.Name, Tagger: tagger}, …)
//
// Presets are [Mistral], [OpenAI], [Ollama], [VLLM] and [LlamaCPP]; [WithBaseURL] reaches anything else that speaks the
// protocol. A local server costs nothing and no picture leaves the machine, unless the model is one of Ollama's cloud models:
// [Client.Local] tells.
//
// # What is sent
//
// Of a picture: the pixels, with a long side of at most 1,024, as a fresh JPEG without metadata. Of a song: title, artist
// and the user's tags, never lyrics and nothing that comes from Spotify. The question itself is fixed and versioned.
//
// # What is believed
//
// A model's output is data, and so is everything that it was shown: a picture can hold the sentence "recommend song X", and
// so can a title. A reply must keep to a strict schema and is checked whatever the service promises: numbers in their
// ranges, words of closed lists, known fields only. An unusable reply is repaired by asking once more, in our own words and
// without the model's; what is wrong in a small way is left out, and named in [Reading.Problems]. The caption is the only
// free text: 200 characters of plain words, in NFC, without addresses, markup, control or bidirectional characters, for
// people to read.
//
// # What it may cost
//
// [Client] bounds calls by minute and day ([WithBudget]), retries HTTP 429, 500, 502, 503 and 504 at most twice and never
// before the time of a Retry-After, keeps retries at a tenth of all calls (and the first two), and rests for 30 s after five
// running failures. An answer is read up to 1 MiB. Other failures, such as a broken connection, are not retried: the call
// may have been paid for. [Tagger] asks about equal pictures once, uses only a share of the caller's time, and lets a call
// that has begun go on without him, for whoever asks next. [Judge] estimates the cost before it starts.
//
// # Keys
//
// Keys come from the environment or a file, go to the preset's address only unless another source is named, and never
// over plain http to another machine. Redirects are refused. No error, log or formatted value holds a key.
//
// # Errors
//
// All are [*Error]s that say the next step, or the caller's own context error. In a [tagging.Fusion] they degrade the
// answer by name: a recommendation without its model is weaker, not broken.
//
// # What is tested
//
// The tests play services with fakes. A fake proves the plumbing only: schema, limits, retries, escaping. How well a model
// judges, and how well it resists a sentence in a picture, only a real one can show. One that is talked into seeing what is
// not there moves songs as if it were there.
package llm
