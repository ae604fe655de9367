"""Documents become a published index: sources → paragraphs → speakers → vectors → snapshot."""
