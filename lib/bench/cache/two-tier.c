/* The cache's rules with two linked lists, as a limit of what one core can do.
   usage: two-tier <file of uint32> <adapters> <max_loras> <max_cpu_loras>
   prints: hits in a slot, from host memory, from disk, seconds of CPU */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
  uint32_t *next, *prev;
  uint8_t *in;
  uint32_t count, room;
} List;

static List make(uint32_t adapters, uint32_t room) {
  List list = {calloc(adapters + 1, 4), calloc(adapters + 1, 4), calloc(adapters + 1, 1), 0, room};
  return list;
}

static inline void cut(List *list, uint32_t entry) {
  uint32_t before = list->prev[entry], after = list->next[entry];
  list->next[before] = after;
  list->prev[after] = before;
  list->in[entry] = 0;
  list->count--;
}

static inline void put(List *list, uint32_t entry) {
  uint32_t first = list->next[0];
  list->next[entry] = first;
  list->prev[entry] = 0;
  list->prev[first] = entry;
  list->next[0] = entry;
  list->in[entry] = 1;
  list->count++;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file) / 4;
  rewind(file);
  uint32_t *trace = malloc(length * 4);
  if (fread(trace, 4, length, file) != length) return 1;
  fclose(file);
  uint32_t adapters = (uint32_t)atoi(argv[2]);
  List slots = make(adapters, (uint32_t)atoi(argv[3])), memory = make(adapters, (uint32_t)atoi(argv[4]));
  uint64_t hits = 0, cpu = 0, disk = 0;
  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  for (size_t index = 0; index < length; index++) {
    uint32_t entry = trace[index] + 1;
    int in_memory = memory.in[entry], in_slot = slots.in[entry];
    if (in_memory) cut(&memory, entry);
    else if (memory.count == memory.room) {
      uint32_t victim = memory.prev[0];
      cut(&memory, victim);
      if (slots.in[victim]) cut(&slots, victim);
    }
    put(&memory, entry);
    if (in_slot) {
      hits++;
      cut(&slots, entry);
    } else {
      if (in_memory) cpu++;
      else disk++;
      if (slots.count == slots.room) cut(&slots, slots.prev[0]);
    }
    put(&slots, entry);
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
  double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  printf("%lu %lu %lu %.9f\n", (unsigned long)hits, (unsigned long)cpu, (unsigned long)disk, seconds);
  return 0;
}
