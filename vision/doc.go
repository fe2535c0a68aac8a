// Package vision decodes pictures safely, reads their colours and turns them into embeddings.
package vision
