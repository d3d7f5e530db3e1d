/* The page's text, as tools/page.sh has made it: what stands before the data, and what stands after. The assembler finds it by -I. */
    .section .rodata
    .global page_before, page_before_end, page_after, page_after_end
page_before:
    .incbin "before.html"
page_before_end:
    .byte 0
page_after:
    .incbin "after.html"
page_after_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
