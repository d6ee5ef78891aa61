//! Sound that stands for a recording: a ringing tone, then a hum that rises and falls like speech.

use bytes::Bytes;

/// Samples of a second; telephone quality.
const RATE: u32 = 8_000;
/// Length in tenths of a second.
const TENTHS: u32 = 12;
/// Samples of the ringing tone at the beginning.
const RINGING: u32 = RATE * 4 / 10;

/// A WAV file, 8 bits, one channel. The pitch makes files differ.
pub(super) fn recording(pitch: u32) -> Bytes {
    let samples = RATE / 10 * TENTHS;
    let mut wav = Vec::with_capacity(samples as usize + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + samples).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    wav.extend_from_slice(&[1, 0, 1, 0]);
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&RATE.to_le_bytes());
    // One byte a sample, eight bits.
    wav.extend_from_slice(&[1, 0, 8, 0]);
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&samples.to_le_bytes());
    wav.extend((0..samples).map(|at| sample(at, pitch)));
    wav.into()
}

fn sample(at: u32, pitch: u32) -> u8 {
    let seconds = f64::from(at) / f64::from(RATE);
    let wave = |hertz: f64| (seconds * hertz * std::f64::consts::TAU).sin();
    let loud = if at < RINGING {
        wave(450.0) * 40.0
    } else {
        let voice = wave(110.0 + f64::from(pitch)) + 0.4 * wave(233.0 + f64::from(pitch));
        voice * 30.0 * wave(2.5).abs()
    };
    // The middle of unsigned eight-bit samples is 128.
    (128.0 + loud).clamp(0.0, 255.0) as u8
}

/// A page that stands for a signed form.
pub(super) fn signed_form(title: &str) -> Bytes {
    // Text outside the base fonts would need one embedded; the number of the callback is enough.
    let text = format!("BT /F1 18 Tf 72 720 Td (Signed record {title}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = pdf.len();
    pdf.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for place in places {
        pdf.push_str(&format!("{place:010} 00000 n \n"));
    }
    pdf.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    pdf.into()
}
