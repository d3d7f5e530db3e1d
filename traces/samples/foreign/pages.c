/* What the sample traces ran: touches 64 pages in an order of its own, four times. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    enum { PAGES = 64, STEP = 4096 };
    volatile char *at = malloc(PAGES * STEP);
    unsigned sum = 0;

    for (int round = 0; round < 4; round++)
        for (unsigned i = 0; i < PAGES; i++)
            sum += (unsigned)at[i * 37 % PAGES * STEP]++;
    printf("%u\n", sum);
    return 0;
}
