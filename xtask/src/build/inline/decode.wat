;; Decodes the text to the module. The format of the text is described in mod.rs and its submodules.
;;
;; Memory:
;;
;;      0  the read position in each part of the text: the bytes before the functions, the bytes after them, the list of
;;         frequent bytes, the templates, the instructions, then the streams, starting with locals
;;    256  table from characters to bytes in the plain encoding: the identity
;;    384  table from characters to their ranks in the alphabet
;;    512  table from characters to frequent bytes
;;    640  the locals of the current function, the last used first
;;   1024  the address of each template
;;   4096  the templates
;;  65536  the text, followed by the module
(module
  (memory (export "memory") 32)

  ;; Returns the next number of a part. The last four characters of the alphabet start a pair.
  (func $number (param $part i32) (param $table i32) (result i32)
    (local $character i32)
    (local.set $character (i32.load8_u (i32.load (local.get $part))))
    (i32.store (local.get $part) (i32.add (i32.load (local.get $part)) (i32.const 1)))
    (if (result i32) (i32.lt_u (local.get $character) (i32.const 123))
      (then (i32.load8_u (i32.add (local.get $table) (local.get $character))))
      (else
        (i32.add
          (i32.mul (i32.sub (local.get $character) (i32.const 123)) (i32.const 86))
          (call $number (local.get $part) (i32.const 384))))))

  ;; Writes all numbers of a part, `step` bytes apart, and returns the address after the last one.
  (func $all (param $part i32) (param $table i32) (param $to i32) (param $step i32) (result i32)
    (loop $more
      (if (i32.load8_u (i32.load (local.get $part)))
        (then
          (i32.store16 (local.get $to) (call $number (local.get $part) (local.get $table)))
          (local.set $to (i32.add (local.get $to) (local.get $step)))
          (br $more))))
    (local.get $to))

  ;; Writes the module at `to`, and returns its end.
  (func (export "decode") (param $to i32) (result i32)
    (local $i i32)
    (local $n i32)
    (local $template i32)
    (local $body i32)

    (local.set $n (i32.const -32))
    (loop $characters
      (i32.store8 offset=256 (local.get $i) (local.get $i))
      (i32.store8 offset=640 (local.get $i) (local.get $i))
      (i32.store8 offset=384 (local.get $i) (local.get $n))
      ;; The alphabet has all printable characters except " $ < \ and `
      (local.set $n
        (i32.add
          (local.get $n)
          (i32.and (i32.ne (local.get $i) (i32.const 34))
            (i32.and (i32.ne (local.get $i) (i32.const 36))
              (i32.and (i32.ne (local.get $i) (i32.const 60))
                (i32.and (i32.ne (local.get $i) (i32.const 92))
                  (i32.ne (local.get $i) (i32.const 96))))))))
      (br_if $characters (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 128))))
    (drop (call $all (i32.const 8) (i32.const 256) (i32.const 544) (i32.const 1)))

    (local.set $i (call $all (i32.const 12) (i32.const 512) (i32.const 4096) (i32.const 2)))
    (local.set $template (i32.const 4096))
    (local.set $n (i32.const 0))
    (loop $templates
      (i32.store16 offset=1024 (local.get $n) (local.get $template))
      (local.set $n (i32.add (local.get $n) (i32.const 2)))
      (loop $parts
        (local.set $template (i32.add (local.get $template) (i32.const 2)))
        (br_if $parts (i32.ne (i32.load16_u (i32.sub (local.get $template) (i32.const 2))) (i32.const 256))))
      (br_if $templates (i32.lt_u (local.get $template) (local.get $i))))

    (local.set $body (local.tee $to (call $all (i32.const 0) (i32.const 256) (local.get $to) (i32.const 1))))
    (loop $instructions
      (if (i32.load8_u (i32.load (i32.const 16)))
        (then
          (local.set $template
            (i32.load16_u offset=1024
              (i32.shl (call $number (i32.const 16) (i32.const 384)) (i32.const 1))))
          (loop $parts
            (local.set $i (i32.load16_u (local.get $template)))
            (local.set $template (i32.add (local.get $template) (i32.const 2)))
            (br_if $instructions (i32.eq (local.get $i) (i32.const 256)))
            (if (i32.lt_u (local.get $i) (i32.const 256))
              (then
                (i32.store8 (local.get $to) (local.get $i))
                (local.set $to (i32.add (local.get $to) (i32.const 1)))
                (br $parts)))
            (if (i32.eq (local.get $i) (i32.const 257))
              (then
                ;; The function is complete. Moves it by one byte for each byte of its size.
                (local.set $n (i32.sub (local.get $to) (local.get $body)))
                (loop $size
                  (memory.copy
                    (i32.add (local.get $body) (i32.const 1))
                    (local.get $body)
                    (i32.sub (local.get $to) (local.get $body)))
                  (local.set $to (i32.add (local.get $to) (i32.const 1)))
                  (i32.store8
                    (local.get $body)
                    (i32.or
                      (local.get $n)
                      (i32.shl (i32.gt_u (local.get $n) (i32.const 127)) (i32.const 7))))
                  (local.set $body (i32.add (local.get $body) (i32.const 1)))
                  (br_if $size (local.tee $n (i32.shr_u (local.get $n) (i32.const 7)))))
                (local.set $body (local.get $to))
                (memory.copy (i32.const 640) (i32.const 256) (i32.const 128))
                (br $parts)))
            (loop $bytes
              (i32.store8
                (local.get $to)
                (local.tee $n
                  (call $number
                    (i32.sub (i32.shl (local.get $i) (i32.const 2)) (i32.const 1024))
                    (i32.const 512))))
              (local.set $to (i32.add (local.get $to) (i32.const 1)))
              (br_if $bytes (i32.gt_u (local.get $n) (i32.const 127))))
            (if (i32.eq (local.get $i) (i32.const 261))
              (then
                (i32.store8
                  (i32.sub (local.get $to) (i32.const 1))
                  (local.tee $i (i32.load8_u offset=640 (local.get $n))))
                (memory.copy (i32.const 641) (i32.const 640) (local.get $n))
                (i32.store8 (i32.const 640) (local.get $i))))
            (br $parts)))))
    (call $all (i32.const 4) (i32.const 256) (local.get $to) (i32.const 1))))
