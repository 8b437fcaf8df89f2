fn main() {
    // Listed commands need a permission: a window without our capability can call none of them.
    let commands = tauri_build::AppManifest::new().commands(&[
        "announce",
        "answer_closing",
        "subscribe",
        "command",
        "shell_info",
        "open_external",
        "save_text",
        "open_share",
        "open_settings",
        "open_doctor",
        "open_text",
        "pasted_text",
        "create_shortcut",
        "notify",
        "set_tray",
        "name_keys",
        "show_main",
        "support_text",
        "choose_background",
        "withdraw_notice",
    ]);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        println!("cargo::error={error:#}");
    }
}
