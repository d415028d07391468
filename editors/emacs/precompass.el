;;; precompass.el --- See what Julia recompiles when a line changes  -*- lexical-binding: t; -*-

;; Author: The Precompass developers
;; URL: https://github.com/precompass/precompass
;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; A major mode for Julia's project files, manifests and preferences files and for
;; precompass.toml, which tells Eglot and lsp-mode to start the language server precompass-lsp
;; there, and in no other TOML file.
;; After installing this package, choose one of the two:
;;
;;   (add-hook 'precompass-mode-hook #'eglot-ensure)
;;   (add-hook 'precompass-mode-hook #'lsp)
;;
;; `precompass-explain' tells why a change of the preference under point recompiles what it does,
;; and `precompass-picture' shows it in the browser.

;;; Code:

(require 'cl-lib)
(require 'conf-mode)

(defvar eglot-server-programs)
(defvar lsp-language-id-configuration)
(defvar lsp--cur-workspace)
(declare-function eglot-current-server "eglot" ())
(declare-function eglot--TextDocumentPositionParams "eglot" ())
(declare-function gfm-view-mode "markdown-mode" ())
(declare-function jsonrpc-events-buffer "jsonrpc" (connection))
(declare-function jsonrpc-async-request "jsonrpc" (connection method params &rest options))
(declare-function jsonrpc-notify "jsonrpc" (connection method params))
(declare-function lsp-find-workspace "lsp-mode" (server-id &optional file))
(declare-function lsp-notify "lsp-mode" (method params))
(declare-function lsp-request-async "lsp-mode" (method params callback &rest options))
(declare-function lsp--text-document-position-params "lsp-mode" (&optional identifier position))
(declare-function lsp-register-client "lsp-mode" (client) t)
(declare-function lsp-register-custom-settings "lsp-mode" (settings) t)
(declare-function lsp-stdio-connection "lsp-mode" (command) t)
(declare-function make-lsp-client "lsp-mode" (&rest properties) t)

(defgroup precompass nil
  "What Julia recompiles when a line of a project file changes."
  :group 'languages)

(defcustom precompass-command '("precompass-lsp")
  "How to start the language server: a program and its arguments."
  :type '(repeat string))

(defcustom precompass-settings nil
  "The settings of the language server, for example (:wideThreshold 20).
Write true as t and false as :json-false.  Set it before a file is opened."
  :type 'plist)

;;;###autoload
(define-derived-mode precompass-mode conf-toml-mode "Julia TOML"
  "Major mode for Julia's project files, manifests and preferences files.
It is also that of precompass.toml.")

;;;###autoload
(add-to-list 'auto-mode-alist
             (cons (concat "/\\(?:precompass\\|\\(?:Julia\\)?"
                           "\\(?:Project\\|LocalPreferences\\|Manifest\\(?:-v[0-9]+\\.[0-9]+\\)?\\)"
                           "\\)\\.toml\\'")
                   'precompass-mode))

(defun precompass--contact (&rest _)
  "Return the program for Eglot to start, and what to tell it."
  (append precompass-command
          (and precompass-settings
               (list :initializationOptions (list :precompass precompass-settings)))))

(defun precompass--lsp-mode-settings ()
  "Return the settings as lsp-mode wants them: one by one, with the path to each."
  (cl-loop for (key value) on precompass-settings by #'cddr
           collect (list (concat "precompass." (substring (symbol-name key) 1)) value t)))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((precompass-mode :language-id "toml") . precompass--contact)))

(with-eval-after-load 'lsp-mode
  (add-to-list 'lsp-language-id-configuration '(precompass-mode . "toml"))
  (lsp-register-custom-settings (precompass--lsp-mode-settings))
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () precompass-command))
                    :major-modes '(precompass-mode)
                    :add-on? t ; a server for all of TOML may run beside it
                    :server-id 'precompass)))

;; Neither client has a public function for a position as the server counts it.

(defun precompass--place (params)
  "Return what the server's commands take, from the PARAMS of a request at point."
  (list :uri (plist-get (plist-get params :textDocument) :uri)
        :position (plist-get params :position)))

(defconst precompass--patience 60
  "Seconds after which a server that has not answered is given up.")

;; `lsp-request' and `jsonrpc-request' would leave the process filter by a throw.  The messages
;; that arrive together with the answer, findings among them, are then lost (lsp-mode, issue 4323)
;; or wait until the server sends something else (Eglot in Emacs 29 and before).

(defun precompass--await (ask)
  "Return the answer to what ASK sends; signal an error if there is none.
ASK is called with two functions: one takes the answer, the other an error."
  (let ((end (+ (float-time) precompass--patience))
        state value)
    (funcall ask
             (lambda (answer) (setq state 'answered value answer))
             (lambda (failure) (setq state 'failed value failure)))
    (while (not (or state (> (float-time) end)))
      (accept-process-output nil (max 0 (- end (float-time)))))
    (pcase state
      ('answered value)
      ('failed (error "Precompass: %s" (car (precompass--parts value '("message")))))
      (_ (error "Precompass: the server did not answer in %d seconds" precompass--patience)))))

(defun precompass--request (server method params)
  "Send SERVER a request with METHOD and PARAMS through Eglot; return the answer."
  (precompass--await
   (lambda (answered failed)
     (jsonrpc-async-request server method params
                            :success-fn answered
                            :error-fn failed
                            :timeout-fn #'ignore
                            :timeout precompass--patience))))

(defun precompass--lsp-request (method params)
  "Send a request with METHOD and PARAMS through lsp-mode; return the answer."
  (precompass--await
   (lambda (answered failed)
     (lsp-request-async method params answered :error-handler failed :mode 'detached))))

(defun precompass--execute (command &optional options)
  "Let the server carry out COMMAND for what is at point, and return its answer.
OPTIONS are added to what the command takes."
  (cond
   ((and (fboundp 'eglot-current-server) (fboundp 'eglot--TextDocumentPositionParams)
         (eglot-current-server))
    (precompass--request (eglot-current-server) :workspace/executeCommand
                         (list :command command
                               :arguments
                               (vector (append (precompass--place
                                                (eglot--TextDocumentPositionParams))
                                               options)))))
   ((bound-and-true-p lsp-managed-mode)
    (let ((lsp--cur-workspace (lsp-find-workspace 'precompass (buffer-file-name))))
      (unless lsp--cur-workspace
        (user-error "Precompass: the server does not run; see M-x lsp-describe-session"))
      (precompass--lsp-request
       "workspace/executeCommand"
       (list :command command
             :arguments
             (vector (append (precompass--place (lsp--text-document-position-params))
                             options))))))
   (t (user-error "Precompass: start the server in this buffer, with M-x eglot or M-x lsp"))))

(defun precompass--answer (command &rest names)
  "Let the server carry out COMMAND at point; return its answer's NAMES."
  (precompass--parts (precompass--execute command) names))

(defun precompass--parts (answer names)
  "Return the NAMES of an ANSWER of the server."
  (unless answer
    (user-error "Precompass: put point on a preference, a table of preferences or a dependency"))
  (mapcar (lambda (name)
            (if (hash-table-p answer) ; as lsp-mode gives it, unless it is built otherwise
                (gethash name answer)
              (plist-get answer (intern (concat ":" name)))))
          names))

(defun precompass--show-page (command)
  "Let the server carry out COMMAND, and show the page that it answers."
  (pcase-let* ((`(,title ,markdown) (precompass--answer command "title" "markdown"))
               (buffer (get-buffer-create (format "*Precompass: %s*" title))))
    (with-current-buffer buffer
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert markdown)
        (goto-char (point-min)))
      (if (fboundp 'gfm-view-mode) ; of the package markdown-mode
          (gfm-view-mode)
        (special-mode)))
    (pop-to-buffer buffer)))

;;;###autoload
(defun precompass-explain ()
  "Tell what a change of the preference at point recompiles, and why."
  (interactive)
  (precompass--show-page "precompass.explain"))

;;;###autoload
(defun precompass-status ()
  "Show the project at a glance, and what the next `using' recompiles."
  (interactive)
  (precompass--show-page "precompass.status"))

;;;###autoload
(defun precompass-caches ()
  "List the compile caches of the project, and whether they fit."
  (interactive)
  (precompass--show-page "precompass.caches"))

;;;###autoload
(defun precompass-picture ()
  "Show in the browser what a change of the preference at point recompiles."
  (interactive)
  (precompass--browse (car (precompass--answer "precompass.picture" "html"))))

;;;###autoload
(defun precompass-pending ()
  "Show in the browser what the next `using' recompiles, by root cause."
  (interactive)
  (let ((answer (precompass--execute "precompass.picture" '(:pending t))))
    (unless answer
      (user-error "Precompass: the project has no manifest, or no depot was found"))
    (precompass--browse (car (precompass--parts answer '("html"))))))

(defun precompass--browse (html)
  "Show the page HTML in the browser."
  (let ((file (make-temp-file "precompass-" nil ".html"))
        (coding-system-for-write 'utf-8))
    (write-region html nil file nil 'silent)
    (browse-url-of-file file)))

(defun precompass--look-again ()
  "Tell the servers that Julia may have compiled while Emacs had not the focus."
  (when (cl-some (lambda (frame) (eq (frame-focus-state frame) t)) (frame-list))
    (let (told)
      (dolist (buffer (buffer-list))
        (with-current-buffer buffer
          (when (derived-mode-p 'precompass-mode)
            (let ((server (and (fboundp 'eglot-current-server) (eglot-current-server))))
              (cond
               ((and server (memq server told)))
               (server
                (push server told)
                (jsonrpc-notify server :workspace/didChangeWatchedFiles '(:changes [])))
               ((bound-and-true-p lsp-managed-mode)
                (lsp-notify "workspace/didChangeWatchedFiles" '(:changes [])))))))))))

(add-function :after after-focus-change-function #'precompass--look-again)

;;;###autoload
(defun precompass-trace ()
  "Show the log of the server.
For that, set :trace in `precompass-settings' to \"messages\" or \"verbose\"."
  (interactive)
  (cond
   ((and (fboundp 'eglot-current-server) (fboundp 'jsonrpc-events-buffer) (eglot-current-server))
    (pop-to-buffer (jsonrpc-events-buffer (eglot-current-server))))
   ((get-buffer "*lsp-log*") (pop-to-buffer "*lsp-log*"))
   (t (user-error "Precompass: start the server in this buffer, with M-x eglot or M-x lsp"))))

(provide 'precompass)
;;; precompass.el ends here
