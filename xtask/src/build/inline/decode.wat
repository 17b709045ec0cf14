;; Puts the module together. What is in which part of the text, and why, is told in mod.rs and the files beside it.
;;
;;      0  where each part of the text is read next: the bytes before the functions, those after them, the list of the
;;         frequent bytes, the templates, the instructions, then the streams, locals first
;;    256  the bytes in the clear, by letter: themselves
;;    384  the rank of each letter
;;    512  the frequent bytes, by letter
;;    640  the locals of the function, the last used one first
;;   1024  where each template begins
;;   4096  the templates
;;  65536  the text, and after it the module
(module
  (memory (export "memory") 32)

  ;; The next number of a part. The last four letters begin a pair.
  (func $number (param $part i32) (param $letters i32) (result i32)
    (local $letter i32)
    (local.set $letter (i32.load8_u (i32.load (local.get $part))))
    (i32.store (local.get $part) (i32.add (i32.load (local.get $part)) (i32.const 1)))
    (if (result i32) (i32.lt_u (local.get $letter) (i32.const 123))
      (then (i32.load8_u (i32.add (local.get $letters) (local.get $letter))))
      (else
        (i32.add
          (i32.mul (i32.sub (local.get $letter) (i32.const 123)) (i32.const 86))
          (call $number (local.get $part) (i32.const 384))))))

  ;; All numbers of a part, `step` bytes apart, and where they end.
  (func $all (param $part i32) (param $letters i32) (param $to i32) (param $step i32) (result i32)
    (loop $more
      (if (i32.load8_u (i32.load (local.get $part)))
        (then
          (i32.store16 (local.get $to) (call $number (local.get $part) (local.get $letters)))
          (local.set $to (i32.add (local.get $to) (local.get $step)))
          (br $more))))
    (local.get $to))

  ;; Writes the module from `to` on, and returns its end.
  (func (export "decode") (param $to i32) (result i32)
    (local $i i32)
    (local $n i32)
    (local $template i32)
    (local $body i32)

    (local.set $n (i32.const -32))
    (loop $letters
      (i32.store8 offset=256 (local.get $i) (local.get $i))
      (i32.store8 offset=640 (local.get $i) (local.get $i))
      (i32.store8 offset=384 (local.get $i) (local.get $n))
      ;; Without " $ < \ and `
      (local.set $n
        (i32.add
          (local.get $n)
          (i32.and (i32.ne (local.get $i) (i32.const 34))
            (i32.and (i32.ne (local.get $i) (i32.const 36))
              (i32.and (i32.ne (local.get $i) (i32.const 60))
                (i32.and (i32.ne (local.get $i) (i32.const 92))
                  (i32.ne (local.get $i) (i32.const 96))))))))
      (br_if $letters (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 128))))
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
                ;; A function is complete: it moves for each byte of its size.
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
