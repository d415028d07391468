;;; emacs_session.el --- What a user does in Emacs, and what the user sees  -*- lexical-binding: t; -*-

;;; Commentary:

;; The environment variable PRECOMPASS_TASK tells, as JSON, which file to open, the text to
;; hover over and how the title of the action to choose begins, the text to explain and to draw,
;; the text to see in the server's log, or which other files to visit and which of them the server
;; is for; PRECOMPASS_REPORT names the file for the report, JSON too, and PRECOMPASS_PATIENCE is how
;; many seconds to wait for each thing.

;;; Code:

(require 'json)
(require 'flymake)
(require 'cl-lib)

(defconst session-patience (string-to-number (getenv "PRECOMPASS_PATIENCE")) "Seconds.")
(defvar session-report nil "What was seen, as an alist.")
(defvar eglot-connect-timeout)
(defvar eglot-sync-connect)
(defvar jsonrpc-default-request-timeout)
(defvar lsp-auto-guess-root)
(defvar lsp-response-timeout)
(defvar lsp-restart)
(defvar lsp-session-file)
(declare-function precompass-caches "precompass" ())
(declare-function precompass-explain "precompass" ())
(declare-function precompass-pending "precompass" ())
(declare-function precompass-status "precompass" ())
(declare-function precompass-picture "precompass" ())
(declare-function precompass-trace "precompass" ())

(defun session-note (key value)
  "Put VALUE under KEY of the report."
  (push (cons key value) session-report))

(defun session-wait-for (what condition)
  "Wait until the function CONDITION returns something, and return that.
Signal an error that names WHAT if it does not come."
  (let ((end (+ (float-time) session-patience))
        (found nil))
    (while (not (setq found (funcall condition)))
      (when (> (float-time) end)
        (error "Emacs shows no %s" what))
      (accept-process-output nil 0.05))
    found))

(defun session-open (file)
  "Visit FILE as a user would."
  (switch-to-buffer (find-file-noselect file))
  (run-hooks 'post-command-hook)) ; there is no command loop in batch mode

(defun session-uses-eglot-p ()
  "Return whether the client is Eglot."
  (memq #'eglot-ensure (bound-and-true-p precompass-mode-hook)))

(defun session-attached (buffers)
  "Return the names of the files of those BUFFERS that a server is attached to."
  (cl-loop for buffer in buffers
           when (with-current-buffer buffer
                  (or (bound-and-true-p eglot--managed-mode) (bound-and-true-p lsp-managed-mode)))
           collect (file-name-nondirectory (buffer-file-name buffer))))

(defun session-diagnostics ()
  "Return the messages of the diagnostics of the current buffer."
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(defun session-see-diagnostic (text)
  "Wait for a diagnostic that contains TEXT, and note all."
  (session-wait-for
   (format "diagnostic %S" text)
   (lambda ()
     (flymake-start)
     (cl-some (lambda (message) (string-match-p (regexp-quote text) message))
              (session-diagnostics))))
  (session-note 'diagnostics (vconcat (session-diagnostics))))

(defun session-go-to (text)
  "Put point on TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun session-explain (text)
  "Let TEXT be explained, and drawn; note both."
  (session-go-to text)
  (save-window-excursion
    (precompass-explain)
    (session-note 'explanation (buffer-string)))
  (session-go-to text)
  (let ((browse-url-browser-function
         (lambda (url &rest _)
           (session-note 'picture
                         (with-temp-buffer
                           (insert-file-contents (substring url (length "file://")))
                           (buffer-string))))))
    (precompass-picture)))

(defun session-show-project ()
  "Show the pages about the project, and the picture of what is pending; note them."
  (save-window-excursion
    (precompass-status)
    (session-note 'status (buffer-string)))
  (save-window-excursion
    (precompass-caches)
    (session-note 'caches (buffer-string)))
  (let ((browse-url-browser-function
         (lambda (url &rest _)
           (session-note 'pending
                         (with-temp-buffer
                           (insert-file-contents (substring url (length "file://")))
                           (buffer-string))))))
    (precompass-pending)))

(defun session-see-trace (text)
  "Wait until TEXT is in the log of the server, and return the log."
  (save-window-excursion
    (precompass-trace)
    (session-wait-for
     (format "trace %S" text)
     (lambda ()
       (let ((log (buffer-string)))
         (and (string-match-p (regexp-quote text) log) log))))))

(defun session-hover (text)
  "Hover over TEXT, and note what is shown."
  (session-go-to text)
  (if (session-uses-eglot-p)
      (eldoc-print-current-symbol-info)
    (save-window-excursion (lsp-describe-thing-at-point)))
  (session-note 'hover (session-wait-for "hover" #'session-hover-text)))

(defun session-hover-text ()
  "Return the text of the hover that is shown, if one is."
  (let ((buffer (cl-find-if (lambda (buffer)
                              (string-match-p "\\*\\(eldoc\\|lsp-help\\)" (buffer-name buffer)))
                            (buffer-list))))
    (and buffer
         (with-current-buffer buffer
           (goto-char (point-min))
           (and (search-forward "packages" nil t)
                (buffer-substring-no-properties (point-min) (point-max)))))))

(defun session-choose-action (beginning)
  "Apply the action whose title starts with BEGINNING; agree to edits of other files."
  (cl-letf (((symbol-function 'completing-read)
             (lambda (_prompt choices &rest _)
               (let ((titles (all-completions "" choices)))
                 (session-note 'offered (vconcat titles))
                 (cl-find-if (lambda (title) (string-prefix-p beginning title)) titles))))
            ((symbol-function 'y-or-n-p) (lambda (_prompt) t)))
    (let ((tick (buffer-modified-tick))
          (last-nonmenu-event ?.)) ; a key, not the mouse, asks for the actions
      (if (session-uses-eglot-p)
          (call-interactively #'eglot-code-actions)
        (call-interactively #'lsp-execute-code-action))
      (session-wait-for "edit" (lambda () (> (buffer-modified-tick) tick))))))

(defun session-run (task)
  "Do TASK, an alist."
  (let ((file (alist-get 'file task))
        (visited (mapcar #'find-file-noselect (alist-get 'visit task))))
    (dolist (buffer visited)
      (switch-to-buffer buffer)
      (run-hooks 'post-command-hook))
    (session-open file)
    (session-see-diagnostic (alist-get 'diagnostic task))
    (when (alist-get 'served task)
      (session-wait-for "server of the other files"
                        (lambda ()
                          (cl-subsetp (append (alist-get 'served task) nil)
                                      (session-attached visited)
                                      :test #'equal)))
      (session-note 'attached (vconcat (session-attached visited))))
    (when (alist-get 'trace task)
      ;; The first findings may be of the time before the settings reached the server.
      (session-see-trace "diagnostics LocalPreferences.toml: "))
    (when (alist-get 'explain task)
      (session-explain (alist-get 'explain task)))
    (when (alist-get 'later task)
      (session-see-diagnostic (alist-get 'later task)))
    (when (alist-get 'project task)
      (session-show-project))
    (when (alist-get 'trace task)
      (session-note 'trace (session-see-trace (alist-get 'trace task))))
    (when (alist-get 'action task)
      (session-hover (alist-get 'hover task))
      (session-choose-action (alist-get 'action task))
      (save-some-buffers t))))

(setq lsp-auto-guess-root t ; the answer to where the project is
      lsp-restart 'ignore
      lsp-response-timeout session-patience
      eglot-connect-timeout session-patience
      ;; Otherwise Eglot starts another server for the next file when the first takes three seconds.
      eglot-sync-connect t)
(with-eval-after-load 'jsonrpc
  (setq jsonrpc-default-request-timeout session-patience))

(condition-case failure
    (session-run (json-read-from-string (getenv "PRECOMPASS_TASK")))
  (error (session-note 'failure (error-message-string failure))))

(with-temp-file (getenv "PRECOMPASS_REPORT")
  (insert (json-encode session-report)))
(kill-emacs 0)

;;; emacs_session.el ends here
