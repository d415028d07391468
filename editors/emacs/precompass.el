;;; precompass.el --- See what Julia recompiles when a line changes  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "26.1"))
;; Keywords: languages, tools

;;; Commentary:

;; A major mode for Julia's project files, manifests and preferences files and for
;; precompass.toml, which tells Eglot and lsp-mode to start the language server precompass-lsp
;; there, and in no other TOML file.
;; After loading this file, choose one of the two:
;;
;;   (add-hook 'precompass-mode-hook #'eglot-ensure)
;;   (add-hook 'precompass-mode-hook #'lsp)

;;; Code:

(require 'cl-lib)
(require 'conf-mode)

(defvar eglot-server-programs)
(defvar lsp-language-id-configuration)
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

(provide 'precompass)
;;; precompass.el ends here
